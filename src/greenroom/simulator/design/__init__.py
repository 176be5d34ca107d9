"""The format of a design: YAML text in, a `Design` out, or an error that names the node, the line and the mend."""
