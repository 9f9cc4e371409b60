"""The draft of the next annual report: composed from the data of a plan's year, and the edits laid over it.

`facts` reads, `measures`, `weaknesses`, `leadership` and `arrangements` compose a part each, `composing` puts the
report together, `edits` lays what people changed over it, `proof` tells which numbers stand on accepted evidence, and
`check` lists what is still unproved.
"""
