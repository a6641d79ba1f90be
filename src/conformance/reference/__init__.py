"""
The bundled mock, as far as no nation matters: application, store, clock, tokens, freedoms.

It is driven by a contract's operations; what the operations do is a pack's behaviour. It is
a help for testing ourselves and for building clients, and is not normative.
"""
