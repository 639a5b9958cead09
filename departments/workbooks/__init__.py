"""XLSX files from outside, read without trusting them: `archive` looks into the zip before anything is
unpacked, `workbook` lets a child process with little memory (`sheet_child`) parse the first visible sheet.
"""
