"""The differential test: mod_jk and the module under test do the same with the same requests.

case.py says what a case is, sides.py plays it to both modules, record.py makes fields of what the
backend received and the client got, wanted.py reads which differences are wanted; every other file
is a table of cases.  Run by test_differential.py.
"""
