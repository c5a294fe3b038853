"""An Orthanc for tests, in a folder of its own, on free ports."""
import json
import pathlib
import subprocess
import urllib.request

from node_harness import free_ports, wait_for


class Orthanc:
    def __init__(self, folder, **settings):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True)
        self.http, self.dicom = free_ports(2)
        plugins = [str(path) for path in pathlib.Path("/usr/share/orthanc/plugins").glob("libOrthancDicomWeb.so*")][:1]
        (self.folder / "orthanc.json").write_text(json.dumps({
            "Name": "pacs", "StorageDirectory": str(self.folder), "IndexDirectory": str(self.folder), "Plugins": plugins,
            "HttpPort": self.http, "DicomPort": self.dicom, "DicomAet": "ORTHANC", "RemoteAccessAllowed": False,
            "AuthenticationEnabled": False, "DicomAlwaysAllowStore": True, "OverwriteInstances": False, "DicomWeb": {"Enable": True},
            **settings}))

    def start(self):
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(["Orthanc", str(self.folder / "orthanc.json")], stdout=log, stderr=log)
        wait_for("Orthanc", lambda: self.get("/system", {}), 60)
        return self

    def get(self, path, otherwise=None):
        try:
            return json.loads(urllib.request.urlopen(f"http://127.0.0.1:{self.http}{path}", timeout=30).read())
        except OSError:
            if otherwise is None:
                raise
            return otherwise

    def file(self, instance):
        return urllib.request.urlopen(f"http://127.0.0.1:{self.http}/instances/{instance}/file", timeout=60).read()

    def instances(self):
        """Modality and SOP class of each object."""
        return {one: self.get(f"/instances/{one}/simplified-tags") for one in self.get("/instances")}

    def uids(self):
        """SOP Instance UIDs of all objects."""
        return sorted(self.get(f"/instances/{one}")["MainDicomTags"]["SOPInstanceUID"] for one in self.get("/instances"))

    def stop(self):
        self.process.terminate()
        self.process.wait(30)
