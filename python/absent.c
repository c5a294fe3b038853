/* Functions of libraries that the wheel and the image leave out. OpenCV names GDAL and GDCM for
 * formats that mhcnn does not read through OpenCV, libtiff names JBIG-KIT for bilevel fax pictures,
 * OpenCV's core names GLX for windows, libxml2 names ICU (32 MB) for XML in rare character sets,
 * and mhcnn reads no XML with it. GDAL brings a hundred libraries, of which some are under the GPL;
 * JBIG-KIT is under the GPL. Each function says "no" in the way that its caller expects: no
 * picture, no context. */

#define ABSENT(name) \
  long name(void);   \
  long name(void) { return 0; }
#define FAILING(name) \
  long name(void);    \
  long name(void) { return 1; }

/* GDALOpen: no data set; the others are not reached then. */
ABSENT(GDALAllRegister)
ABSENT(GDALClose)
ABSENT(GDALGetDataTypeName)
ABSENT(GDALOpen)
ABSENT(_ZN11GDALDataset13GetRasterBandEi)
ABSENT(_ZN11GDALDataset14GetRasterCountEv)
ABSENT(_ZN11GDALDataset14GetRasterXSizeEv)
ABSENT(_ZN11GDALDataset14GetRasterYSizeEv)
ABSENT(_ZN14GDALRasterBand17GetRasterDataTypeEv)
ABSENT(_ZN14GDALRasterBand8GetXSizeEv)
ABSENT(_ZN14GDALRasterBand8GetYSizeEv)
ABSENT(_ZN14GDALRasterBand8RasterIOE10GDALRWFlagiiiiPvii12GDALDataTypexxP20GDALRasterIOExtraArg)
ABSENT(_ZNK14GDALColorTable13GetColorEntryEi)
ABSENT(_ZNK14GDALColorTable24GetPaletteInterpretationEv)

/* gdcm::ImageReader::Read(): not a DICOM file; mhcnn reads DICOM with DCMTK. */
ABSENT(_ZN4gdcm11ImageReader4ReadEv)
ABSENT(_ZN4gdcm11ImageReader8GetImageEv)
ABSENT(_ZN4gdcm11ImageReaderC1Ev)
ABSENT(_ZN4gdcm11ImageReaderD1Ev)
ABSENT(_ZN4gdcm6Reader11SetFileNameEPKc)
ABSENT(_ZNK4gdcm11PixelFormat13GetScalarTypeEv)
ABSENT(_ZNK4gdcm6Bitmap13GetDimensionsEv)
ABSENT(_ZNK4gdcm6Bitmap15GetBufferLengthEv)
ABSENT(_ZNK4gdcm6Bitmap21GetNumberOfDimensionsEv)
ABSENT(_ZNK4gdcm6Bitmap28GetPhotometricInterpretationEv)
ABSENT(_ZNK4gdcm6Bitmap9GetBufferEPc)

/* jbg_dec_in: not JBG_EOK; libtiff then refuses the strip. */
FAILING(jbg_dec_in)
ABSENT(jbg_dec_free)
ABSENT(jbg_dec_getimage)
ABSENT(jbg_dec_getsize)
ABSENT(jbg_dec_init)
ABSENT(jbg_enc_free)
ABSENT(jbg_enc_init)
ABSENT(jbg_enc_out)
ABSENT(jbg_newlen)
const char* jbg_strerror(int code);
const char* jbg_strerror(int code) {
  (void)code;
  return "this build does not read JBIG";
}

ABSENT(glXGetCurrentContext)
ABSENT(glXGetCurrentDisplay)
ABSENT(glXGetProcAddressARB)

/* U_FILE_ACCESS_ERROR: libxml2 then says that it does not know the character set. */
void* ucnv_open_72(const char* name, int* status);
void* ucnv_open_72(const char* name, int* status) {
  (void)name;
  *status = 4;
  return 0;
}
ABSENT(UCNV_FROM_U_CALLBACK_STOP_72)
ABSENT(UCNV_TO_U_CALLBACK_STOP_72)
ABSENT(ucnv_close_72)
ABSENT(ucnv_convertEx_72)
ABSENT(ucnv_setFromUCallBack_72)
ABSENT(ucnv_setToUCallBack_72)
