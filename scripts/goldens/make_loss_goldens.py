"""Losses and their gradients by PyTorch's autograd, from the published formulas, for src/mhcnn/nn/losses_test.cc.

    python make_loss_goldens.py > tests/data/goldens/losses.json
Environment: requirements/golden.txt. Inputs are given in the file, so that nothing depends on a random generator."""
import json

import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)


def focal_tversky(logits, targets, valid, alpha, beta, exponent, smooth):
    """Abraham & Khan 2019, per image and class."""
    total, count = 0, 0
    for n in range(logits.shape[0]):
        for c in range(logits.shape[1]):
            if not valid[n, c]:
                continue
            p, t = torch.sigmoid(logits[n, c]), targets[n, c]
            tp, fn, fp = (p * t).sum(), ((1 - p) * t).sum(), (p * (1 - t)).sum()
            index = (tp + smooth) / (tp + alpha * fn + beta * fp + smooth)
            total, count = total + (1 - index) ** exponent, count + 1
    return total / count


def focal_regression(e, weights, form, activation, beta, gamma):
    """Yang et al. 2021, weighted_focal_l1_loss and weighted_focal_mse_loss of the authors, on the 0..1 scale."""
    e = e.abs()
    focus = torch.tanh(beta * e) if activation == "tanh" else 2 * torch.sigmoid(beta * e) - 1
    size = e if form == "l1" else e * e
    return (weights * size * focus**gamma).sum() / (weights > 0).sum()


def category_range(logits, category, labelled, low, high, breast, dense):
    """Distance of the breast's dense share from the range of its category, by image; images with a mask are left out."""
    total, count = 0, 0
    for n in range(logits.shape[0]):
        if category[n] < 0 or labelled[n]:
            continue
        p = torch.sigmoid(logits[n])
        outline = p[breast].detach()
        share = (p[dense] * outline).sum() / max(float(outline.sum()), 1)
        total = total + torch.relu(low[category[n]] - share) + torch.relu(share - high[category[n]])
        count += 1
    return total / count


def gradient(loss, x):
    return torch.autograd.grad(loss, x)[0].flatten().tolist()


cases = {"focal_tversky": [], "focal_regression": [], "cross_entropy": [], "category_range": []}
logits = (torch.randn(2, 3, 4, 5) * 2).requires_grad_()
targets = (torch.rand(2, 3, 4, 5) > 0.6).double()
targets[1, 2] = 0
for valid, parameters in [([[1, 1, 1], [1, 1, 1]], (0.7, 0.3, 0.75, 1)), ([[1, 0, 1], [0, 1, 0]], (0.7, 0.3, 0.75, 1)),
                          ([[1, 1, 1], [1, 1, 1]], (0.5, 0.5, 1.0, 1e-3))]:
    loss = focal_tversky(logits, targets, torch.tensor(valid), *parameters)
    cases["focal_tversky"].append({"shape": list(logits.shape), "logits": logits.flatten().tolist(),
                                   "targets": targets.flatten().tolist(), "valid": [v for image in valid for v in image],
                                   "parameters": parameters, "loss": loss.item(), "gradient": gradient(loss, logits)})
predicted = torch.rand(6).requires_grad_()
truth, weights = torch.rand(6), torch.tensor([1.0, 1.0, 0.0, 2.0, 0.5, 1.0])
for form in ("l1", "l2"):
    for activation in ("sigmoid", "tanh"):
        for beta, gamma in ((20.0, 1.0), (2.0, 1.5)):
            loss = focal_regression(predicted - truth, weights, form, activation, beta, gamma)
            cases["focal_regression"].append({"predicted": predicted.tolist(), "targets": truth.tolist(),
                                              "weights": weights.tolist(), "form": form, "activation": activation,
                                              "beta": beta, "gamma": gamma, "loss": loss.item(),
                                              "gradient": gradient(loss, predicted)})
scores, classes = torch.randn(5, 4).requires_grad_(), torch.tensor([0, 3, -1, 2, 2])
for class_weights in (None, [1.0, 2.0, 0.5, 4.0]):
    weight = None if class_weights is None else torch.tensor(class_weights)
    loss = torch.nn.functional.cross_entropy(scores, classes, weight, ignore_index=-1)
    cases["cross_entropy"].append({"logits": scores.flatten().tolist(), "targets": classes.tolist(),
                                   "weights": class_weights or [], "loss": loss.item(), "gradient": gradient(loss, scores)})
for category, labelled in (([0, 3], [0, 0]), ([3, 1], [0, 1]), ([1, -1], [0, 0])):
    low, high = [0.0, 0.1, 0.25, 0.7], [0.12, 0.3, 0.5, 0.9]
    loss = category_range(logits, category, labelled, low, high, 0, 1)
    cases["category_range"].append({"shape": list(logits.shape), "logits": logits.flatten().tolist(), "category": category,
                                    "labelled": labelled, "low": low, "high": high, "loss": loss.item(),
                                    "gradient": gradient(loss, logits)})
print(json.dumps(cases))
