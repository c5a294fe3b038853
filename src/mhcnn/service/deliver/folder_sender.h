#pragma once

#include "mhcnn/service/deliver/sender.h"

namespace mhcnn {

/// Copies results to FOLDER/STUDY/OBJECT.EXTENSION. A reader of the folder sees a file whole
/// or not at all. A file of the same name and content counts as delivered; one of other content
/// stays, and the new one gets a name with a part of its digest.
class FolderSender : public Sender {
 public:
  /// Keeps `destination`, which must outlive it.
  explicit FolderSender(const DestinationConfig& destination) : destination_(destination) {}

  void Send(const std::vector<OutgoingObject>& objects, const SendHooks& hooks) override;
  SendOutcome Check() override;

 private:
  void Copy(const OutgoingObject& object) const;

  const DestinationConfig& destination_;
};

/// Returns the name of a file or folder for a UID: the text itself where it is short and has only
/// letters, digits, '.', '-' and '_', else a name made of its digest.
std::string ToFileName(const std::string& uid);

}  // namespace mhcnn
