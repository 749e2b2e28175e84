"""The pages: plain HTML, CSS and ES modules. A package only so that an installed server finds them."""
