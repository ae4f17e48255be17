"""XLSForm, the workbooks that ODK, KoBoToolbox and SurveyCTO describe forms in: read as questionnaires.

The format: https://xlsform.org/en/ref-table/. What a questionnaire here cannot say is refused row by row; what may be left
out without changing what people are asked is remarked.
"""
