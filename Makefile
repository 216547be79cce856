# One-line wrappers of ./escale, which sets everything up by itself and works without make.
.PHONY: demo test check fmt lock doctor

demo: ## run the whole service on this machine (PORT=8000)
	@./escale demo

test: ## every test, on real servers
	@./escale test

check: ## linters, types, imports, migrations drift, then the tests
	@./escale check

fmt: ## format the code and mend what the linter can mend
	@./escale fmt

lock: ## pin again every dependency, with hashes and without any address
	@./escale lock

doctor: ## what is missing on this machine, and how to mend it
	@./escale doctor
