"""Read the number of commands, then one command a line: SET key value, DEL key, GET key, SAVE, UNDO, KEEP.

GET prints the value, or `-` when the key is not there. UNDO and KEEP close the innermost savepoint, and print
`none` when there is none.
"""
