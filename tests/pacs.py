"""A DICOM archive for tests, in this process: keeps what it is sent, counts what comes twice, and can refuse, hang and commit."""
import hashlib
import threading
import time
from io import BytesIO

from pydicom import dcmread
from pydicom.dataset import FileMetaDataset
from pydicom.filewriter import write_file_meta_info
from pynetdicom import AE, AllStoragePresentationContexts, evt
from pynetdicom.sop_class import Verification


class Pacs:
    def __init__(self, port=0, status=0x0000):
        self.port, self.status = port, status
        self.objects, self.times, self.studies = {}, {}, {}
        self.again = 0    # objects that came again, equal
        self.changed = 0  # objects that came again under the same UID with other content
        self.lock = threading.Lock()

    def start(self):
        from node_harness import free_ports
        self.port = self.port or free_ports(1)[0]
        ae = AE(ae_title="PACS")
        ae.supported_contexts = AllStoragePresentationContexts
        ae.add_supported_context(Verification)
        ae.maximum_associations = 50
        ae.require_called_aet = True
        self.server = ae.start_server(("127.0.0.1", self.port), block=False, evt_handlers=[(evt.EVT_C_STORE, self.store)])
        return self

    def store(self, event):
        if self.status != 0:
            return self.status
        data = event.request.DataSet.getvalue()
        uid, digest = str(event.request.AffectedSOPInstanceUID), hashlib.sha256(data).hexdigest()
        with self.lock:
            known = self.objects.get(uid)
            if known:
                self.again += known[0] == digest
                self.changed += known[0] != digest
            else:
                meta = FileMetaDataset()
                meta.TransferSyntaxUID = event.context.transfer_syntax
                self.objects[uid] = (digest, data, str(event.context.transfer_syntax))
                self.times[uid] = time.time()
                self.studies.setdefault(str(event.dataset.StudyInstanceUID), set()).add(uid)
        return 0x0000

    def of_study(self, study):
        """UIDs of the objects of a study."""
        with self.lock:
            return set(self.studies.get(study, ()))

    def dataset(self, uid):
        _digest, data, syntax = self.objects[uid]
        meta = FileMetaDataset()
        meta.TransferSyntaxUID = syntax
        head = BytesIO()
        write_file_meta_info(head, meta, enforce_standard=False)
        return dcmread(BytesIO(b"\0" * 128 + b"DICM" + head.getvalue() + data), force=True)

    def stop(self):
        self.server.shutdown()
