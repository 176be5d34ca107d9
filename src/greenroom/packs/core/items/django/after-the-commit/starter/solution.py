def play(script: list[str]) -> list[str]:
    """Run the script and return the lines that the callbacks write.

    Steps: "begin", "commit", "rollback", "call NAME", "call NAME fails", "call NAME fails robust".
    A callback writes NAME, a failing one NAME!. Callbacks wait for the outermost commit, are dropped
    with a block that is rolled back, and run at once when no block is open. After a failing callback
    the ones behind it are lost, unless it is robust.
    """
    raise NotImplementedError
