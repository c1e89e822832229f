"""The calls: who is to be asked how it goes, and the page on which one writes while talking."""
