"""What differs between Microsoft's clouds: who signs activities, and what the app's token is for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cloud:
    """One of Microsoft's clouds: the issuer of its activities' tokens, and the resource that our token is for."""

    issuer: str
    resource: str


# https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
PUBLIC = Cloud("https://api.botframework.com", "https://api.botframework.com")
# https://learn.microsoft.com/azure/bot-service/how-to-deploy-gov-cloud-high
GOVERNMENT = Cloud("https://api.botframework.us", "https://api.botframework.us")
GOVERNMENT_METADATA = "https://login.botframework.azure.us/"


def cloud_of(metadata_url: str) -> Cloud:
    """The cloud whose OpenID metadata stands at *metadata_url*; the public one, or a stand-in of it, unless known."""
    return GOVERNMENT if metadata_url.startswith(GOVERNMENT_METADATA) else PUBLIC
