"""The HTTP shell: what people and programs talk to."""
