"""How alike free texts are: what people wish for against what places say of themselves.

Characters instead of words, since Japanese writes no spaces and wishes are short. The weights
(TF-IDF: Spärck Jones 1972, doi:10.1108/eb026526) come from the places alone, so that what one
person wrote never changes another person's figures.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from catalog.text_key import search_key

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_NOT_WORD = re.compile(r"[\W_]+")
_FEATURES = 2**18


def similarity(wishes: Sequence[str], descriptions: Sequence[str]) -> NDArray[np.float32]:
    """Return the cosine similarity of each wish with each description.

    Parameters
    ----------
    wishes
        n free texts of people.
    descriptions
        m free texts of places.

    Returns
    -------
    float32[n, m] in [0, 1]
        1 for the same text, 0 where nothing is shared or a text is empty.
    """
    import numpy as np
    from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer

    if not wishes or not descriptions:
        return np.zeros((len(wishes), len(descriptions)), dtype=np.float32)
    # Hashing keeps n-grams that no place uses, so an odd wish is not scaled up by what is left.
    count = HashingVectorizer(
        preprocessor=_letters,
        analyzer="char",
        ngram_range=(2, 3),
        n_features=_FEATURES,
        alternate_sign=False,
        norm=None,
        dtype=np.float32,
    )
    counted = count.transform(descriptions)
    weigh = TfidfTransformer(sublinear_tf=True).fit(counted)
    product = weigh.transform(count.transform(wishes)) @ weigh.transform(counted).T
    # Rounding may leave a hair above 1.
    cosine: NDArray[np.float32] = np.clip(product.toarray(), 0.0, 1.0)
    return cosine


def _letters(text: str) -> str:
    """Return the folded text without spaces and punctuation."""
    return _NOT_WORD.sub("", search_key(text))
