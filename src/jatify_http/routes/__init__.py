"""The operations: handlers that decode, call one use case and encode, one module for each noun."""
