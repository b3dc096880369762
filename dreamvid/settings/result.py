"""What a result carries besides its picture."""

from dataclasses import dataclass

from dreamvid.settings.spec import Settings, setting


@dataclass(frozen=True, kw_only=True)
class ResultSettings(Settings):
    """What a result carries besides its picture."""

    recipe: bool = setting(True, "Carry the recipe in the result's own metadata: settings, seed, versions, and the "
                           "names and hashes of what was read. `dreamvid show` prints it.")
