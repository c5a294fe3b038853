#!/usr/bin/env python3
"""Checks the examples for orchestrators against schemas: compose.yaml by the one of the compose specification, Kubernetes by those of
Kubernetes, the manifests of MONAI Deploy and mercure by their fields. Prints what it checked; raises where one is wrong.

    container_examples.py ROOT MHCNN
"""
import importlib.util
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import jsonschema
import yaml

root, program = pathlib.Path(sys.argv[1]), sys.argv[2]
examples = root / "examples"

vendor = pathlib.Path(importlib.util.find_spec("check_jsonschema").submodule_search_locations[0], "builtin_schemas/vendor")
schema = json.loads((vendor / "compose-spec.json").read_text())
compose = yaml.safe_load((examples / "container/compose.yaml").read_text())
jsonschema.Draft202012Validator(schema).validate(compose)
assert set(compose["services"]) == {"postgres", "node", "orthanc"}
node = compose["services"]["node"]
assert node["read_only"] and node["user"] == "10001:10001" and node["cap_drop"] == ["ALL"]
for service in compose["services"].values():  # ports of the examples are not open to the network
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", [])), service
broken = dict(compose, services={"node": dict(node, replica=2)})
assert not jsonschema.Draft202012Validator(schema).is_valid(broken), "the schema does not find a wrong key"
print(f"compose.yaml: {len(compose['services'])} services")

# kubernetes_validate reads documents and has the schemas of each version of Kubernetes.
import kubernetes_validate  # noqa: E402

documents = [d for d in yaml.safe_load_all((examples / "kubernetes/node.yaml").read_text()) if d]
versions = [kubernetes_validate.latest_version()]
for document in documents:
    for version in versions:
        kubernetes_validate.validate(document, version, strict=True)
wrong = json.loads(json.dumps(next(d for d in documents if d["kind"] == "Deployment")))
wrong["spec"]["replica"] = 2
try:
    kubernetes_validate.validate(wrong, versions[0], strict=True)
except kubernetes_validate.ValidationError:
    pass
else:
    raise AssertionError("the schema does not find a wrong key")
deployed = {d["metadata"]["labels"]["part"] for d in documents if d["kind"] == "Deployment"}
assert deployed == {"web", "receive", "work", "deliver", "maintain"}, deployed
for deployment in (d for d in documents if d["kind"] == "Deployment"):
    pod = deployment["spec"]["template"]["spec"]
    container = pod["containers"][0]
    assert pod["securityContext"]["runAsNonRoot"] and container["securityContext"]["readOnlyRootFilesystem"]
    asked = subprocess.run([program, container["args"][0], "--help"], capture_output=True, text=True, check=True).stdout
    assert "--config" in asked, container["args"]
print(f"node.yaml: {len(documents)} objects, Kubernetes {versions[0]}")

# The batch: an Indexed Job whose numbers agree, and the job that joins its shards.
jobs = list(yaml.safe_load_all((examples / "kubernetes/predict-job.yaml").read_text()))
for job in jobs:
    kubernetes_validate.validate(job, versions[0], strict=True)
measure, merge = (job["spec"] for job in jobs)
pod = measure["template"]["spec"]
script = pod["containers"][0]["args"][0]
shards = int(script.split("auto/")[1].split()[0])
assert measure["completionMode"] == "Indexed" and measure["completions"] == measure["parallelism"] == shards
assert measure["backoffLimitPerIndex"] > 0 and pod["restartPolicy"] == "Never"
options = re.findall(r" (--[a-z-]+)", script)
known = subprocess.run([program, "predict", "--help"], capture_output=True, text=True, check=True).stdout
assert options and all(re.search(rf"{option}\b", known) for option in options), options
assert merge["template"]["spec"]["containers"][0]["args"][0] == "merge"
print(f"predict-job.yaml: {len(jobs)} jobs, Kubernetes {versions[0]}")

# The MPI operator's object is no part of Kubernetes: its own fields (kubeflow.org/v2beta1) here, its pods by the schema of a Job.
training = yaml.safe_load((examples / "kubernetes/train-mpijob.yaml").read_text())
replica = {"type": "object", "required": ["replicas", "template"], "additionalProperties": False, "properties": {
    "replicas": {"type": "integer", "minimum": 1}, "restartPolicy": {"enum": ["Never", "OnFailure"]}, "template": {"type": "object"}}}
mpi_job = {"type": "object", "required": ["apiVersion", "kind", "metadata", "spec"], "additionalProperties": False, "properties": {
    "apiVersion": {"const": "kubeflow.org/v2beta1"}, "kind": {"const": "MPIJob"}, "metadata": {"type": "object", "required": ["name"]},
    "spec": {"type": "object", "required": ["mpiReplicaSpecs"], "additionalProperties": False, "properties": {
        "slotsPerWorker": {"type": "integer", "minimum": 1}, "runLauncherAsWorker": {"type": "boolean"},
        "sshAuthMountPath": {"type": "string"}, "launcherCreationPolicy": {"enum": ["AtStartup", "WaitForWorkersReady"]},
        "mpiImplementation": {"enum": ["OpenMPI", "Intel", "MPICH"]},
        "runPolicy": {"type": "object", "additionalProperties": False, "properties": {
            "cleanPodPolicy": {"enum": ["None", "Running", "All"]}, "ttlSecondsAfterFinished": {"type": "integer"},
            "activeDeadlineSeconds": {"type": "integer"}, "backoffLimit": {"type": "integer"}, "suspend": {"type": "boolean"},
            "managedBy": {"type": "string"}, "schedulingPolicy": {"type": "object"}}},
        "mpiReplicaSpecs": {"type": "object", "required": ["Launcher", "Worker"], "additionalProperties": False,
                            "properties": {"Launcher": replica, "Worker": replica}}}}}}
jsonschema.Draft202012Validator(mpi_job).validate(training)
assert not jsonschema.Draft202012Validator(mpi_job).is_valid(training | {"spec": training["spec"] | {"slotPerWorker": 2}})
parts = training["spec"]["mpiReplicaSpecs"]
for name, part in parts.items():
    template = part["template"] | {"spec": {"restartPolicy": "Never"} | part["template"]["spec"]}
    kubernetes_validate.validate({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name.lower()},
                                  "spec": {"template": template}}, versions[0], strict=True)
command = parts["Launcher"]["template"]["spec"]["containers"][0]["command"]
slots = training["spec"]["slotsPerWorker"] * parts["Worker"]["replicas"]
assert command[0] == "mpirun" and int(command[command.index("-np") + 1]) == slots, (command, slots)
print("train-mpijob.yaml: the MPI operator's fields, its pods by Kubernetes " + versions[0])

# The configurations within them are those of this program: it reads each of them, and finds only that the store or a file is not there.
configs = {"node.toml": (examples / "container/node.toml").read_text(),
           "compose-node.toml": (examples / "container/compose-node.toml").read_text(),
           "ConfigMap": next(d for d in documents if d["kind"] == "ConfigMap")["data"]["node.toml"]}
for name, written in configs.items():
    with tempfile.TemporaryDirectory() as folder:
        text = re.sub(r"/run/secrets/(mhcnn/)?", f"{folder}/", written)
        text = text.replace("/var/lib/mhcnn", folder).replace("@postgres:5432", "@127.0.0.1:1")
        for secret in ("postgres", "token"):
            path = pathlib.Path(folder, secret)
            path.write_text("a-secret-of-at-least-32-characters-1234\n")
            path.chmod(0o600)
        config = pathlib.Path(folder, "node.toml")
        config.write_text(text)
        made = subprocess.run([program, "serve", "--check", "--config", config], check=False, capture_output=True, text=True, timeout=60)
        said = made.stdout + made.stderr
        assert "no key" not in said and "unknown" not in said and "usage" not in said.lower(), (name, said)
        assert made.returncode == 0 or "127.0.0.1" in said or "connect" in said, (name, said)
print("configurations: " + ", ".join(configs))

app = json.loads((examples / "monai-deploy/app.json").read_text())
package = json.loads((examples / "monai-deploy/pkg.json").read_text())
version = next(line.split()[2] for line in (root / "CMakeLists.txt").read_text().splitlines() if line.startswith("project(mhcnn VERSION"))
assert app["version"] == package["version"] == version, (app["version"], version)
assert json.loads(app["command"]) == ["/usr/bin/sh", "/opt/mhcnn/run.sh"] and app["input"]["formats"] and app["output"]["formats"]
assert pathlib.PurePath(next(iter(package["models"].values()))).name in {p.name for p in (root / "models").iterdir()}
module = json.loads((examples / "mercure/module.json").read_text())["mhcnn"]
assert json.loads(module["environment"])["MHCNN_FORMATS"]
for path in ("container/compose.yaml", "monai-deploy/Containerfile", "mercure/Containerfile"):
    assert f"mhcnn:{version}" in (examples / path).read_text(), f"{path} names another version"
print("manifests of MONAI Deploy and mercure")
