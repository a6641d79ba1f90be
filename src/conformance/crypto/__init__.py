"""
The only code that touches keys: canonical bytes, signatures, the test CA, the operator's key.

Nothing here knows a requirement or a nation; keys are made on first use and never ship.
"""
