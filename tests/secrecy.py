"""The phrases that Signpost never says of itself: an employer can read its own systems."""

import re

FORBIDDEN = re.compile(
    r"anonym|confiden|\bsecret(?:s|ly)?\b|secrecy|\bprivate|\bprivacy|in confidence|\bpromis|\bguarant|\bassur|\bvow|"
    r"pledge|untrace|"
    r"\bsafe (?:space|place|to tell|here)|(?:nobody|no one|no-one) (?:else )?(?:will|can|could|would|shall)|"
    r"only you (?:can|will)|between (?:us|you and me)|off the record|will not be (?:shared|passed|told|identified)|"
    r"(?:cannot|can't|won't|will not) (?:be )?(?:trace|identif|track|see who|know who)|trust me|rest easy|"
    r"you (?:are|will be) (?:protected|safe)",
    re.IGNORECASE,
)
