"""
Starter content: six checklists written by us from facts and generated prices, so that a machine with no
network still shows a working site.

The prices are inventions for demonstration and must be labelled so wherever they appear. They are handed
over as files of the TCGCSV layout and so take the same road as real ones.
"""

from catalog.starter.checklists import SETS, StarterProduct, StarterSet
from catalog.starter.layout import write_layout

__all__ = ["SETS", "StarterProduct", "StarterSet", "write_layout"]
