"""What an operator does with all that lasts: save it, bring it back, look whether it is sound."""
