"""What docker-compose.yml and the Dockerfile start, read from them."""

import json
import re

import yaml

from benchmarks.servers import ROOT

SERVICES = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", "")


def command_of_image(keyword: str, port: int) -> list[str]:
    """CMD, or HEALTHCHECK's CMD, with another port than 8000."""
    [found] = re.findall(rf"^{keyword}(\[.*\])$", DOCKERFILE, flags=re.MULTILINE)
    return [part.replace(":8000", f":{port}") for part in json.loads(found)]
