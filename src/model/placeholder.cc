namespace mhcnn {}  // namespace mhcnn
