"""The Lambda functions: one folder is one function, and folders never import each other."""
