"""How an implementation is reached: locators, the operator's settings, hosts that are off limits."""
