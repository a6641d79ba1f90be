"""How an implementation is reached: locators, the operator's settings, hosts off limits."""
