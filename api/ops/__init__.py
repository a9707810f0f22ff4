"""What administrators see of images that wait for them."""
