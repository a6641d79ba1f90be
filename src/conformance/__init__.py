"""
The API conformance toolkit for civil-service data exchange.

Nothing is imported here: start-up time is part of the product.
"""

__version__ = "0.1.0"
