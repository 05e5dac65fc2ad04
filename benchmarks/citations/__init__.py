"""How well the citations of written answers are checked, on true sentences and false ones."""
