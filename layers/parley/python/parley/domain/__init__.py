"""Values and rules of the product. Standard library only; knows no HTTP, no AWS, no framework."""
