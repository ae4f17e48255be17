"""The committee's evaluation: a scheme, what is typed in, handed in or imported, decisions at quotas, two signatures."""
