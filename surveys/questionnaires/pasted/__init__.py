"""A questionnaire from text as people write it in Word or 问卷星: a draft to look over, with a remark for each guess."""
