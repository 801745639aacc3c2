"""How do the secretariat's own spreadsheets become facts? Read carefully, tried as a whole, kept or refused.

Not built on django-import-export's resources: those save rows of a model, one `save()` each, and load the whole
workbook first. Here every row is an act with its own rules, office and register entry, and a workbook is weighed
before it is opened. What is left of it, openpyxl, is used directly.
"""
