"""CAS 3.0, which many campuses use: a ticket in the address, validated at /p3/serviceValidate (CAS Protocol 3.0, 2.5)."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode
from xml.etree.ElementTree import ParseError

import requests
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from surveys.admission.sign_on.provider import SignOnError, SignOnState, standard_code

_NAMES = {"cas": "http://www.yale.edu/tp/cas"}
_TIMEOUT = 10
_MOST = 256 * 1024


class Cas:
    """A CAS server by its address (https://sso.example.edu/cas). `attribute` holds the number; empty: the user's name."""

    def __init__(self, url: str, attribute: str = "") -> None:
        self.url, self.attribute = url.rstrip("/"), attribute

    def login_url(self, callback: str, state: SignOnState, encrypted: str, *, login_again: bool) -> str:
        """The server's sign-in page."""
        extra = {"renew": "true"} if login_again else {}
        return f"{self.url}/login?{urlencode({'service': _service(callback, encrypted), **extra})}"

    def number(self, callback: str, state: SignOnState, encrypted: str, answer: Mapping[str, str]) -> str:
        """Have the ticket validated and read who it is."""
        ticket = answer.get("ticket", "")
        if not ticket:
            raise SignOnError("there is no ticket")
        question = {"service": _service(callback, encrypted), "ticket": ticket}
        try:
            with requests.get(f"{self.url}/p3/serviceValidate", question, timeout=_TIMEOUT, stream=True) as reply:
                reply.raise_for_status()
                root = fromstring(reply.raw.read(_MOST, decode_content=True))
        except (requests.RequestException, OSError) as error:
            raise SignOnError(f"the CAS server cannot be reached ({type(error).__name__})") from None
        except (ParseError, DefusedXmlException, ValueError) as error:
            raise SignOnError(f"the CAS server's answer cannot be read ({type(error).__name__})") from None
        success = root.find("cas:authenticationSuccess", _NAMES)
        if success is None:
            failure = root.find("cas:authenticationFailure", _NAMES)
            raise SignOnError(f"the CAS server says {standard_code(None if failure is None else failure.get('code'))}")
        where = f"cas:attributes/cas:{self.attribute}" if self.attribute else "cas:user"
        found = (success.findtext(where, "", _NAMES) or "").strip()
        if not found:
            raise SignOnError(f"the CAS server does not tell {self.attribute or 'the user'}")
        return found


def _service(callback: str, encrypted: str) -> str:
    """Our address with the state in it; the same when the ticket is validated as when it was made."""
    return f"{callback}?{urlencode({'state': encrypted})}"
