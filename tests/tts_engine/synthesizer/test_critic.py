"""The critic: it tells recordings from blurred copies and one voice from another, and sharpens."""

import torch

from tts_engine.synthesizer.critic import CROP_FRAMES, Crops, MelCritic

VOICES = torch.nn.functional.normalize(
    torch.randn(2, 32, generator=torch.Generator().manual_seed(1))
)


def recordings(count, frames=120):
    """Rows of two voices, each with stripes of its own over noise: (N, F, 80), (N, 32)."""
    voices = torch.arange(count) % 2
    stripes = torch.stack([torch.arange(80) % 4 < 2, torch.arange(80) % 8 < 4]).float()
    return stripes[voices][:, None] + 0.3 * torch.randn(count, frames, 80), VOICES[voices]


def trained(spoil):
    torch.manual_seed(0)
    critic = MelCritic(32, channels=8)
    optimizer = torch.optim.AdamW(critic.parameters(), lr=5e-3, betas=(0.5, 0.98))
    for _ in range(60):
        real, embedding = recordings(8)
        spoken, embedding = spoil(real, embedding)
        crops = Crops.cut(real, spoken, torch.full((8,), 120), embedding)
        optimizer.zero_grad()
        loss = crops.critic_loss(critic)
        loss.backward()
        optimizer.step()
    return critic, loss.item()


def blurred(real, embedding):
    return torch.nn.functional.avg_pool1d(real, 5, stride=1, padding=2), embedding


def test_blur_is_told_from_recordings_and_the_gradient_sharpens():
    critic, loss = trained(blurred)
    assert loss < 0.3
    real, embedding = recordings(4)
    spoken = blurred(real, embedding)[0].requires_grad_()
    crops = Crops.cut(real, spoken, torch.full((4,), 120), embedding)
    terms = crops.deception(critic)
    assert terms["deception"].item() > 0.5
    assert terms["feature"].item() > 0
    terms["deception"].backward()
    sharper = spoken.detach() - 0.5 * spoken.grad / spoken.grad.abs().max()
    slope = (sharper - spoken.detach()).diff(dim=2).abs().mean()
    assert slope > 0
    again = Crops(crops.real, sharper[:, :CROP_FRAMES], embedding).deception(critic)
    assert again["deception"].item() < terms["deception"].item()


def test_the_wrong_voice_scores_worse_than_the_right_one():
    def wrong(real, embedding):
        return real.roll(1, dims=0), embedding  # neighbours are the two voices

    critic, loss = trained(wrong)
    assert loss < 0.3
    real, embedding = recordings(4, CROP_FRAMES)
    right = critic(real, embedding)[0].mean().item()
    assert right > critic(real, VOICES.sum(dim=0) - embedding)[0].mean().item() + 0.5


def test_crops_are_of_the_same_places_and_inside_the_clips():
    real = torch.arange(200.0)[None, :, None].expand(3, 200, 80)
    spoken = torch.cat([real, real[:1]])
    frames = torch.tensor([200, 150, 120, 97])
    for _ in range(20):
        crops = Crops.cut(real, spoken, frames, torch.zeros(4, 32))
        assert crops.spoken.shape == (4, CROP_FRAMES, 80)
        assert torch.equal(crops.real, crops.spoken[:3])
        assert (crops.spoken[:, -1, 0] < frames).all()
    assert Crops.cut(real, spoken, torch.tensor([200, 150, 120, 40]), VOICES).real.shape[1] == 40
