"""What was learned, as text and back: JSON, whose numbers come back as they were."""

import json
from dataclasses import asdict
from typing import Any

import numpy as np

from banso.analytics.figures.estimate import Estimate
from banso.analytics.recommending.adoptions import Item
from banso.analytics.recommending.examples import Columns
from banso.analytics.recommending.recommending import Learned, TooLittle
from banso.analytics.recommending.similarity import Similarity, Step


def to_text(learned: Learned | TooLittle) -> str:
    """Return what `from_text` reads; folds are not kept."""
    if isinstance(learned, TooLittle):
        return json.dumps({"too_little": asdict(learned)}, sort_keys=True)
    similarity = learned.similarity
    content = {
        "items": [[item.kind, item.name] for item in learned.items],
        "telling": learned.columns.telling.tolist(),
        "traits": [[key, list(levels)] for key, levels in learned.columns.traits],
        "usual": learned.usual.tolist(),
        "wanted": similarity.items.tolist(),
        "weights": similarity.weights[-1].tolist(),
        "steps": [[asdict(step) for step in steps] for steps in similarity.steps],
        "popular": [asdict(share) for share in similarity.popular],
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True)


def from_text(text: str) -> Learned | TooLittle:
    """Return what was learned, without folds."""
    content: dict[str, Any] = json.loads(text)
    if "too_little" in content:
        return TooLittle(**content["too_little"])
    similarity = Similarity(
        items=np.array(content["wanted"], dtype=np.intp),
        fold=np.empty(0, dtype=np.intp),
        weights=np.array([content["weights"]], dtype=np.float64),
        steps=tuple(
            tuple(Step(step["above"], Estimate(**step["share"])) for step in steps)
            for steps in content["steps"]
        ),
        popular=tuple(Estimate(**share) for share in content["popular"]),
    )
    traits = tuple((key, tuple(levels)) for key, levels in content["traits"])
    return Learned(
        items=tuple(Item(kind, name) for kind, name in content["items"]),
        columns=Columns(np.array(content["telling"], dtype=np.intp), traits),
        usual=np.array(content["usual"], dtype=np.float64),
        similarity=similarity,
    )
