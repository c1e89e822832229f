"""From a proposal to a place: 打診, the answers of both sides, and the steps of a placement."""
