"""Count how often the tests of the matcher notice that its code is changed."""
