"""What people do with Jatify: one module for each noun, plain functions over `Ports`.

Every function raises what `jatify_core.errors` names and nothing else.
"""
