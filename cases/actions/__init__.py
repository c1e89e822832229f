"""The verbs: each checks who may and what the state allows, stores with its event, and returns.

The caller opens the transaction; a store within it is passed in, as is the clock.
"""
