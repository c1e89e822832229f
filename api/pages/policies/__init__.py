"""The pages of the matching policy: what counts how much, trying a draft, adopting one."""
