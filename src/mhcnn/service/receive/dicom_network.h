#pragma once

// The toolkit's configuration header must come before all its others.
#include "mhcnn/dicom/dcmtk.h"
// Stays between the two.
#include <dcmtk/dcmnet/assoc.h>
#include <dcmtk/dcmnet/dcmtrans.h>
#include <dcmtk/dcmnet/dimse.h>
