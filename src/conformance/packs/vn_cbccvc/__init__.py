"""
The national database of cadres, civil servants and public employees (modelled).

`plugin` is the entry point of the group `conformance.packs`. Loading it is light: the
reference, the population and the agency are imported when they are asked for.
"""

from __future__ import annotations

from typing import Final

from conformance.packs.vn_cbccvc.plugin import Plugin

# The import above has bound the submodule to this very name; the object takes its place.
plugin: Final = Plugin()
