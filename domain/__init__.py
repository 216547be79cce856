"""The rules: standard library, python-stdnum, phonenumberslite and holidays; no I/O, no clock."""
