"""Calls in processes of their own: one that crashes, hangs or eats memory harms no other.

`calls` is the pool; `template` its handle on the process that forks the children; `program` and
`child` are what runs over there; `frames` the words between them. This contains faults; it is no
security boundary: a child runs as the same user as its owner, and its answers are unpickled.
"""
