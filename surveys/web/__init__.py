"""What all pages share: access, errors, headers, languages, throttling."""
