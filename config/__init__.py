"""Configuration files and the demo music. A package only so that an installed server finds them."""
