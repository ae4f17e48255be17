"""Campus single sign-on: OpenID Connect and CAS say who somebody is, the roster says whether they may answer."""
