"""Items, scales, questionnaires and their editions."""
