"""
The OpenAPI side of a pack: what may be said on the wire, and what must hold inside a record.

Documents are bundled once, validators compiled when first needed. Nothing here sends or judges:
it answers what the contract says, and callers decide what that means.
"""
